/**
 * A distributed shared memory: pages at 128-bit addresses, changed by transactions ({@link org.dsmfs.engine.Space}).
 */
package org.dsmfs.engine;
