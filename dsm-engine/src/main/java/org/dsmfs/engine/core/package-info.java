/**
 * The state of a node's pages and its log, passive and deterministic: no thread, clock or I/O.
 */
package org.dsmfs.engine.core;
