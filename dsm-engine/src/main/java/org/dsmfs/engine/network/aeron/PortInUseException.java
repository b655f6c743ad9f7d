package org.dsmfs.engine.network.aeron;

import org.dsmfs.engine.EngineException;

/** The port to listen on is taken: another one may be free. */
public final class PortInUseException extends EngineException {
    PortInUseException(final String host, final int port) {
        super("UDP port " + port + " of " + host + " is in use by another process: end that one, or name "
            + "another address with --listen", false);
    }
}
