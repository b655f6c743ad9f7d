/**
 * The <em>memory coherence controller</em>: what nodes tell each other of pages, passive like the core.
 */
package org.dsmfs.engine.sharing;
