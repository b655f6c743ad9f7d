/**
 * A space as plain memory: ranges that are read, written and locked.
 */
package org.dsmfs.engine.memory;
