/**
 * The log on disk: a ring of records.
 */
package org.dsmfs.engine.journal;
