package org.dsmfs.engine.coherence;

import org.dsmfs.engine.coherence.CopyTable.Condition;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * The protocol with one part missing.
 *
 * @param name      what is missing
 * @param protocols the rest
 */
record Mutant(String name, Protocols protocols) {
    @Override
    public String toString() {
        return name;
    }

    /** Each fence, off. */
    static Stream<Mutant> withoutFence() {
        return Stream.of(
            node("FwdGetS must have the copy's ts", node -> new Node(node) {
                @Override
                boolean isStaleFwdGetS(final PageCopy copy, final Message message) {
                    return false;
                }
            }),
            node("FwdGetM must have the copy's ts + 1", node -> new Node(node) {
                @Override
                boolean isStaleFwdGetM(final PageCopy copy, final Message message) {
                    return false;
                }
            }),
            node("Inv must have a ts above a live copy's", node -> new Node(node) {
                @Override
                boolean isStaleInv(final PageCopy copy, final Message message) {
                    return false;
                }
            }),
            withoutAnswerFence(MessageType.DATA_S),
            withoutAnswerFence(MessageType.DATA_M),
            withoutAnswerFence(MessageType.GRANT),
            withoutAnswerFence(MessageType.PUT_ACK),
            withoutAnswerFence(MessageType.UNAVAILABLE),
            node("messages to nodes must be of their epoch", node -> new Node(node) {
                @Override
                boolean isOfEarlierEpoch(final Message message) {
                    return false;
                }
            }),
            withoutCondition(Condition.REPLICATED, "a changed page leaves only when its log is replicated"),
            withoutCondition(Condition.USED, "a page that came stays until it was used"),
            withoutRequestFence(MessageType.GET_S),
            withoutRequestFence(MessageType.GET_M),
            withoutRequestFence(MessageType.PUT),
            responsible("InvAck must have the page's ts", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isStaleInvAck(final PageOwnership page, final Message message) {
                    return page.state() != ServiceState.INVALIDATING;
                }
            }),
            responsible("InvAck must be awaited", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isStaleInvAck(final PageOwnership page, final Message message) {
                    return page.service == null || message.ts != page.ts;
                }
            }),
            responsible("Done must have the served request's requester", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isStaleDone(final PageOwnership page, final Message message) {
                    return !page.isBusy() || message.seq != page.service.seq;
                }
            }),
            responsible("Done must have the served request's seq", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isStaleDone(final PageOwnership page, final Message message) {
                    return !page.isBusy() || message.requester != page.service.requester;
                }
            }),
            responsible("Put must have the page's ts", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isStalePut(final PageOwnership page, final Message message) {
                    return false;
                }
            }),
            responsible("an upgrade needs a copy that is still there", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean isUpgrade(final PageOwnership page, final Message message) {
                    return message.upgrade;
                }
            }),
            responsible("Grant waits for all InvAcks", (node, isUp) -> new Responsible(node, isUp) {
                @Override
                boolean areAllInvalidated(final Service service) {
                    service.awaited.clear();
                    return true;
                }
            }),
            responsible("messages to the responsible node must be of its epoch",
                (node, isUp) -> new Responsible(node, isUp) {
                    @Override
                    boolean isOfEarlierEpoch(final Message message) {
                        return false;
                    }
                }));
    }

    /** Each action of either table, skipped, and each condition. */
    static Stream<Mutant> withoutAction() {
        final List<Mutant> mutants = new ArrayList<>();
        for (final CopyTable.Row row : CopyTable.PROTOCOL.rows()) {
            for (final CopyAction action : row.actions()) {
                if (action != CopyAction.HIT && action != CopyAction.WAIT) {
                    mutants.add(copyTable(row.state() + ", " + row.event().title() + ": " + action.title(), row,
                        new CopyTable.Row(row.state(), row.event(), row.conditions(), without(row.actions(), action),
                            row.next())));
                }
            }
            for (final Condition condition : row.conditions()) {
                mutants.add(copyTable(row.state() + ", " + row.event().title() + ": " + condition, row,
                    new CopyTable.Row(row.state(), row.event(), without(row.conditions(), condition), row.actions(),
                        row.next())));
            }
        }
        for (final OwnershipTable.Row row : OwnershipTable.PROTOCOL.rows()) {
            for (final OwnershipAction action : row.actions()) {
                mutants.add(ownershipTable(row.state() + ", " + row.event().title() + ": " + action.title(), row,
                    new OwnershipTable.Row(row.state(), row.event(), without(row.actions(), action), row.next())));
            }
        }
        return mutants.stream();
    }

    /** Each transition into another state, not made; but for a silent eviction, which nobody is harmed by missing. */
    static Stream<Mutant> withoutTransition() {
        final Stream<Mutant> copies = CopyTable.PROTOCOL.rows().stream()
            .filter(row -> row.next() != row.state())
            .filter(row -> row.state() != CopyState.S || row.event() != CopyEvent.EVICT)
            .map(row -> copyTable(row.state() + ", " + row.event().title() + " -> " + row.next(), row,
                new CopyTable.Row(row.state(), row.event(), row.conditions(), row.actions(), row.state())));
        final Stream<Mutant> ownerships = OwnershipTable.PROTOCOL.rows().stream()
            .filter(row -> row.next() != row.state())
            .map(row -> ownershipTable(row.state() + ", " + row.event().title() + " -> " + row.next(), row,
                new OwnershipTable.Row(row.state(), row.event(), row.actions(), row.state())));
        return Stream.concat(copies, ownerships);
    }

    private static Mutant withoutAnswerFence(final MessageType type) {
        return node(type.title() + " must answer the outstanding request", node -> new Node(node) {
            @Override
            boolean isStaleAnswer(final PageCopy copy, final Message message) {
                return message.type != type && super.isStaleAnswer(copy, message);
            }
        });
    }

    private static Mutant withoutRequestFence(final MessageType type) {
        return responsible(type.title() + " is served once", (node, isUp) -> new Responsible(node, isUp) {
            @Override
            boolean isRepeated(final SequenceWindow requests, final Message message) {
                return message.type != type && super.isRepeated(requests, message);
            }
        });
    }

    private static Mutant withoutCondition(final Condition missing, final String name) {
        return node(name, node -> new Node(node) {
            @Override
            boolean isMet(final Condition condition, final PageCopy copy) {
                return condition == missing || super.isMet(condition, copy);
            }
        });
    }

    private static Mutant copyTable(final String name, final CopyTable.Row replaced, final CopyTable.Row by) {
        final CopyTable table = new CopyTable(CopyTable.PROTOCOL.rows().stream()
            .map(row -> row == replaced ? by : row).toList());
        return node(name, node -> new CopyProtocol(node, table, Protocols.WINDOW));
    }

    private static Mutant ownershipTable(final String name, final OwnershipTable.Row replaced,
                                         final OwnershipTable.Row by) {
        final OwnershipTable table = new OwnershipTable(OwnershipTable.PROTOCOL.rows().stream()
            .map(row -> row == replaced ? by : row).toList());
        return responsible(name, (node, isUp) -> new OwnershipProtocol(node, table, Protocols.WINDOW, isUp));
    }

    private static <T> List<T> without(final List<T> list, final T element) {
        return list.stream().filter(other -> other != element).toList();
    }

    private static Mutant node(final String name, final IntFunction<CopyProtocol> maker) {
        return new Mutant(name, new Protocols() {
            @Override
            public CopyProtocol copies(final int node) {
                return maker.apply(node);
            }
        });
    }

    private static Mutant responsible(final String name,
                                      final BiFunction<Integer, IntPredicate, OwnershipProtocol> maker) {
        return new Mutant(name, new Protocols() {
            @Override
            public OwnershipProtocol ownerships(final int node, final IntPredicate isUp) {
                return maker.apply(node, isUp);
            }
        });
    }

    private static class Node extends CopyProtocol {
        Node(final int node) {
            super(node, CopyTable.PROTOCOL, Protocols.WINDOW);
        }
    }

    private static class Responsible extends OwnershipProtocol {
        Responsible(final int node, final IntPredicate isUp) {
            super(node, OwnershipTable.PROTOCOL, Protocols.WINDOW, isUp);
        }
    }
}
