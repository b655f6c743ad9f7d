package org.dsmfs.engine.coherence;

import java.util.ArrayList;
import java.util.List;

/** What the caller has to do after an event: messages to send, in this order. Reused; allocates only while it grows. */
public final class Effects {
    private final List<Message> messages = new ArrayList<>();
    private int size;

    /** Forgets all. */
    public void clear() {
        size = 0;
    }

    /** @return how many messages there are */
    public int size() {
        return size;
    }

    /** @return a message, valid until {@link #clear} */
    public Message message(final int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return messages.get(index);
    }

    Message add(final MessageType type, final int from, final int to, final long epoch, final int requester,
                final long seq, final long ts) {
        if (size == messages.size()) {
            messages.add(new Message());
        }
        final Message message = messages.get(size++);
        message.type = type;
        message.from = from;
        message.to = to;
        message.epoch = epoch;
        message.requester = requester;
        message.seq = seq;
        message.ts = ts;
        message.version = 0;
        message.upgrade = false;
        return message;
    }
}
