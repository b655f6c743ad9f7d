package org.dsmfs.engine.network.aeron;

import io.aeron.driver.MediaDriver;

/** What is done to all datagrams of a driver between it and its sockets, say to encrypt them. */
public interface DatagramCover {
    /** Datagrams are sent as they are. */
    DatagramCover NONE = new DatagramCover() {
        @Override
        public int overheadBytes() {
            return 0;
        }

        @Override
        public void install(final MediaDriver.Context context) {
            // Aeron's own endpoints are what is wanted.
        }
    };

    /** @return bytes by which a datagram grows, 0..512 */
    int overheadBytes();

    /** Sets the endpoint suppliers of a driver that is about to start. */
    void install(MediaDriver.Context context);
}
