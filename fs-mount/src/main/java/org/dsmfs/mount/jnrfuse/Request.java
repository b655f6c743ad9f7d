package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;

/** What one thread needs to serve a request, reused for each, so that a request allocates next to nothing. */
final class Request {
    /** The answer's attributes. */
    final Attributes attributes = new Attributes();
    /** Window on the caller's data or on a structure of libfuse; to be wrapped before use. */
    final UnsafeBuffer window = new UnsafeBuffer(0, 0);
    /** The open file that the request is about; to be wrapped before use. */
    final FileInfo fileInfo = new FileInfo();
    /** Takes the entries of a directory; to be wrapped before use. */
    final DirectoryFiller directoryFiller = new DirectoryFiller();
    /** Resolves the request's paths. */
    final PathWalker paths;
    /** What the kernel sent. */
    final IncomingRequest incoming;

    private final UnsafeBuffer context;
    private Caller caller = Caller.ROOT;

    Request(final PathWalker paths, final IncomingRequest incoming, final long contextAddress) {
        this.paths = paths;
        this.incoming = incoming;
        this.context = new UnsafeBuffer(contextAddress, FuseLayout.CONTEXT_LENGTH);
    }

    /** @return on whose behalf the request runs; the umask is known only when something is being made */
    Caller caller() {
        final int uid = context.getInt(FuseLayout.CONTEXT_UID);
        final int gid = context.getInt(FuseLayout.CONTEXT_GID);
        final int pid = context.getInt(FuseLayout.CONTEXT_PID);
        final int umask = context.getInt(FuseLayout.CONTEXT_UMASK);
        if (caller.uid() != uid || caller.gid() != gid || caller.pid() != pid || caller.umask() != umask) {
            caller = new Caller(uid, gid, pid, umask);
        }
        return caller;
    }


    /** Puts {@link #attributes} into a {@code struct stat}. */
    void answerAttributes(final long stat) {
        window.wrap(stat, FuseLayout.STAT_LENGTH);
        FuseLayout.putStat(window, attributes);
    }
}
