package org.dsmfs.layout;

/**
 * The answer to statfs(2).
 *
 * @param blockSize   unit of the block counts, bytes
 * @param blocks      size of the filesystem
 * @param blocksFree  free, for removal and root too
 * @param blocksAvail free for new data
 * @param files       inodes that could exist
 * @param filesFree   inodes that could still be made
 * @param nameMax     longest name, bytes
 */
public record FileSystemStatus(long blockSize, long blocks, long blocksFree, long blocksAvail, long files,
                               long filesFree, int nameMax) {
}
