package org.dsmfs.engine.network.secure;

import java.util.concurrent.TimeUnit;

/** What an endpoint knows of one remote socket: the sessions with it, and when to ask for another one. */
final class Peer {
    /**
     * Without an answer for so long the other end has probably lost the session. Receivers send status every 200 ms, so
     * this never passes on a connection that works.
     */
    static final long SILENCE_NS = TimeUnit.MILLISECONDS.toNanos(400);

    /** For what is sent; null if there is none yet. */
    private Session current;
    /** Still good for what is received: what was under way when the current one came. */
    private Session previous;
    /** Of an OPEN that was not answered yet, else null. The same for all repetitions: answers may take long. */
    private byte[] openShare;
    /** Frame in whose stead OPEN was sent last, if it is short, else null: setup and status frames are. */
    private byte[] heldFrame;
    private long lastOpenNs;
    private boolean isWaiting;
    private long waitingSinceNs;

    Session current() {
        return current;
    }

    Session previous() {
        return previous;
    }

    /**
     * Takes up a session, as the current one.
     *
     * @return the session that is given up for it, or null
     */
    Session add(final Session session) {
        final Session dropped = previous;
        previous = current;
        current = session;
        isWaiting = false;
        return dropped;
    }

    /** Notes a frame that was sent under the current session. */
    void onSent(final long nowNs) {
        if (!isWaiting) {
            isWaiting = true;
            waitingSinceNs = nowNs;
        }
    }

    /**
     * Notes a genuine frame. Frames of a newer session show that the other end uses it; those of the older one count
     * only when the newer is silent, since they may have been under way.
     */
    void onHeard(final Session session, final long nowNs) {
        if (session == current) {
            isWaiting = false;
        } else if (session.serial > current.serial || isSilent(nowNs)) {
            previous = current;
            current = session;
            isWaiting = false;
        }
    }

    /** @return whether nothing has come in answer to what was sent under the current session */
    boolean isSilent(final long nowNs) {
        return isWaiting && nowNs - waitingSinceNs > SILENCE_NS;
    }

    /** @return whether the last OPEN is so long ago that another one may replace a frame of a session that may work */
    boolean isOpenDue(final long nowNs) {
        return openShare == null || nowNs - lastOpenNs > SILENCE_NS;
    }

    /** @return share of the OPEN that is not answered yet, or null */
    byte[] openShare() {
        return openShare;
    }

    void onOpen(final byte[] share, final byte[] frame, final long nowNs) {
        openShare = share;
        heldFrame = frame;
        lastOpenNs = nowNs;
    }

    /** @return frame that was held back for want of a session, or null */
    byte[] onAccept() {
        final byte[] frame = heldFrame;
        openShare = null;
        heldFrame = null;
        return frame;
    }
}
