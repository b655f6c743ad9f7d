package org.dsmfs.mount.kernel;

import org.agrona.collections.LongArrayList;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;

/** What one worker needs to serve a request, reused for each, so that a request allocates next to nothing. */
final class Exchange {
    /** What the kernel sent. */
    final Request request;
    /** What it will get. */
    final Reply reply;
    /** The answer's attributes. */
    final Attributes attributes = new Attributes();

    /** A caller whom privileges do not keep from losing set-id bits. Its group is nobody's. */
    private static final Caller UNPRIVILEGED = new Caller(-1, -1, 0, 0);

    /** How long the kernel may use the answer. */
    final Validity validity;

    private final NodeTable nodes;
    private final boolean kernelTellsPrivileges;
    /** Nodes that this reply makes the kernel know, once for each time they are in it. */
    private final LongArrayList entered = new LongArrayList();
    private Caller caller = Caller.ROOT;
    private Channel channel;
    private boolean replying;

    /** @param kernelTellsPrivileges whether requests say whether set-id bits are to go (HANDLE_KILLPRIV_V2) */
    Exchange(final Request request, final Reply reply, final NodeTable nodes, final Validity validity,
             final boolean kernelTellsPrivileges) {
        this.request = request;
        this.reply = reply;
        this.validity = validity;
        this.nodes = nodes;
        this.kernelTellsPrivileges = kernelTellsPrivileges;
    }

    /** A new request came over the channel, and will be answered there unless {@link #withholdReply} is called. */
    void begin(final Channel from) {
        channel = from;
        replying = true;
        entered.clear();
        reply.empty();
        validity.begin();
    }

    /** There is no reply to this request, or another thread gives it. */
    void withholdReply() {
        replying = false;
    }

    /** @return the way back for who answers later */
    Channel channel() {
        return channel;
    }

    /** @return on whose behalf the request runs */
    Caller caller(final int umask) {
        final int uid = request.uid();
        final int gid = request.gid();
        final int pid = request.pid();
        if (caller.uid() != uid || caller.gid() != gid || caller.pid() != pid || caller.umask() != umask) {
            caller = new Caller(uid, gid, pid, umask);
        }
        return caller;
    }

    /**
     * @param isToLose whether the request says that set-id bits must go
     * @return the caller of what may clear set-id bits: with or without the privilege to keep them
     */
    Caller callerForSetId(final boolean isToLose) {
        if (!kernelTellsPrivileges) {
            return caller(0);
        }
        return isToLose ? UNPRIVILEGED : Caller.ROOT;
    }

    /** The reply makes the kernel know the node. */
    void enter(final long node) {
        nodes.remember(node);
        entered.addLong(node);
    }

    /** Answers with {@link #attributes} as an entry of the request's directory. */
    void replyEntry() {
        enter(attributes.ino);
        reply.entry(attributes, validity.ofName(request.node(), attributes.ino), validity.ofAttributes());
    }

    /** As {@link #replyEntry}, of an entry that the request has made. */
    void replyNewEntry() {
        enter(attributes.ino);
        reply.entry(attributes, validity.ofName(request.node(), attributes.ino), validity.ofChangedAttributes());
    }

    /** As {@link #replyNewEntry}, of a file that is open. */
    void replyNewEntryAndOpen(final long handle, final int openFlags) {
        reply.entryAndOpen(attributes, validity.ofName(request.node(), attributes.ino), validity.ofChangedAttributes(), handle,
            openFlags);
    }

    /** Sends what there is to send. What the kernel does not take, it does not know. */
    void end(final int errno) {
        if (errno != 0) {
            forgetEntered();
        }
        if (replying) {
            final int length = reply.finish(request.unique(), errno);
            if (!channel.send(reply.buffer(), length) && errno == 0) {
                forgetEntered();
            }
        }
    }

    /** Sends the reply before the request is done with. */
    void sendReply() {
        end(0);
        replying = false;
    }

    private void forgetEntered() {
        for (int i = 0; i < entered.size(); i++) {
            nodes.forget(entered.getLong(i), 1);
        }
        entered.clear();
    }
}
