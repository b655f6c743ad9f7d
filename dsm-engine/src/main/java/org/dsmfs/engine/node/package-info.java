/**
 * The edge that does what core and sharing ask for: threads, disk and network.
 */
package org.dsmfs.engine.node;
