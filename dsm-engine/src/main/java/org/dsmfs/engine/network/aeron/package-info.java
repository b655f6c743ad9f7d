/**
 * The network over Aeron.
 */
package org.dsmfs.engine.network.aeron;
