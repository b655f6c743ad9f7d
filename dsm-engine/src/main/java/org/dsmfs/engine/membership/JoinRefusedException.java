package org.dsmfs.engine.membership;

import org.dsmfs.engine.EngineException;

/** A node may not become, or stay, a member of the space. */
public final class JoinRefusedException extends EngineException {
    /** Why; the codes go over the wire and are frozen. */
    public enum Reason {
        /** The space was not created yet; passes. */
        NO_SPACE_YET(1),
        /** The node is a part of another space. */
        OTHER_SPACE(2),
        /** The node speaks another version of the formats. */
        OTHER_FORMAT(3),
        /** The same node serves at another address: a copied store; passes if that was the node's last start. */
        DUPLICATE_NODE(4),
        /** The space has seen a later start of the node: its store is an old copy. */
        OLD_STORE(5),
        /** The node left for good. */
        HAS_LEFT(6),
        /** There were {@link View#PARTITIONS} nodes already. */
        TOO_MANY_NODES(7),
        /** The address is not host:port, or too long. */
        BAD_ADDRESS(8),
        /** The node that shall take over is not up. */
        BAD_HEIR(9),
        /** The space has data pages of another size. */
        OTHER_PAGE_SIZE(10);

        private final int code;

        Reason(final int code) {
            this.code = code;
        }

        /** @return the reason's number on the wire */
        public int code() {
            return code;
        }

        /** @return the reason with this code, null if there is none */
        public static Reason of(final int code) {
            for (final Reason reason : values()) {
                if (reason.code == code) {
                    return reason;
                }
            }
            return null;
        }
    }

    private final Reason reason;

    /** @param message names the nodes and the remedy */
    public JoinRefusedException(final Reason reason, final String message) {
        super(message);
        this.reason = reason;
    }

    /** @return why */
    public Reason reason() {
        return reason;
    }
}
