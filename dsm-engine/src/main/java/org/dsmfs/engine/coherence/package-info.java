/**
 * The coherence protocol of one page: who may read it, who may change it, and how it goes from node to node. Two
 * passive tables, {@link org.dsmfs.engine.coherence.CopyProtocol} at each node that uses a page and {@link
 * org.dsmfs.engine.coherence.OwnershipProtocol} at the node responsible for it, exchange {@link
 * org.dsmfs.engine.coherence.Message messages} over any network: unordered, repeating. What is lost must be sent again
 * by the network, or a new epoch begins. docs/COHERENCE.md has the tables and the argument.
 */
package org.dsmfs.engine.coherence;
