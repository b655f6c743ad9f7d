package org.dsmfs.layout;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceStatus;

/** A space of several nodes in which all pages can be listed, whichever node has them. Operations run on the first one. */
final class UnitedSpace implements Space {
    private final List<Space> nodes;

    UnitedSpace(final List<Space> nodes) {
        this.nodes = nodes;
    }

    @Override
    public void forEachPage(final PageVisitor visitor) {
        final Map<Long, Set<Long>> pagesBySegment = new HashMap<>();
        nodes.forEach(node -> node.forEachPage(
            (segment, page) -> pagesBySegment.computeIfAbsent(segment, key -> new HashSet<>()).add(page)));
        pagesBySegment.forEach((segment, pages) -> pages.forEach(page -> {
            // What a node has may be an older version of a page that is gone.
            if (execute(transaction -> transaction.exists(segment, page))) {
                visitor.page(segment, page);
            }
        }));
    }

    @Override
    public <R> R execute(final Operation<R> operation) {
        return nodes.get(0).execute(operation);
    }

    @Override
    public void sync() {
        nodes.forEach(Space::sync);
    }

    @Override
    public Neighbours neighbours() {
        return nodes.get(0).neighbours();
    }

    @Override
    public int largePageSize() {
        return nodes.get(0).largePageSize();
    }

    @Override
    public SpaceStatus status() {
        return nodes.get(0).status();
    }

    @Override
    public void close() {
        nodes.forEach(Space::close);
    }
}
