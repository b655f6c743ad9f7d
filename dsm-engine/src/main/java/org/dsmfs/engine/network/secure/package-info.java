/**
 * Authenticates and encrypts every UDP datagram between nodes, under Aeron: its own frames (setup, status, NAK, data,
 * RTT), and whatever else uses the same driver. {@link org.dsmfs.engine.network.secure.SecureEndpoints} is the way in.
 * docs/SECURITY.md has the protocol and the argument why it holds.
 */
package org.dsmfs.engine.network.secure;
