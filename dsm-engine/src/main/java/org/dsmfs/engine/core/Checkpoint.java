package org.dsmfs.engine.core;

import java.util.List;

/**
 * A state of the local disk cache that the slot tables shall have.
 *
 * @param images      entries of the slot tables that change
 * @param redoLsn     log before this is not needed with these tables
 * @param snapshotLsn the tables are as of this LSN
 */
public record Checkpoint(List<SlotImage> images, long redoLsn, long snapshotLsn) {
}
