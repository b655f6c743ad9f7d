package org.dsmfs.layout;

/**
 * Who holds a lock or waits for one, unique in the cluster.
 *
 * @param node        number of the node it lives on
 * @param incarnation starts of that node: if this start serves no more, its locks and waits do not count
 * @param id          the kernel's identity of it there
 */
record LockOwner(int node, int incarnation, long id) {
}
