/**
 * The page index in a persisted Chronicle Map.
 */
package org.dsmfs.engine.store.chronicle;
