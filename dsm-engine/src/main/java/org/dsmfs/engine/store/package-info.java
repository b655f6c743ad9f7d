/**
 * What a store consists of on disk, and the ports to the disk and to the page index.
 */
package org.dsmfs.engine.store;
