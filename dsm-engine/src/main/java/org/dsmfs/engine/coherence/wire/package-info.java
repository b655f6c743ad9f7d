/**
 * How messages of the coherence protocol, and those that a new epoch needs, travel: many in one message of the network.
 * docs/WIRE-FORMATS.md has the bytes.
 */
package org.dsmfs.engine.coherence.wire;
