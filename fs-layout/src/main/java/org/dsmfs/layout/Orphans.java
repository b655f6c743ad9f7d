package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;

/**
 * The lists of inodes with something left to do: those without a name, and those with data pages to trim. After a crash
 * they tell what to clean up. Each start of a node keeps a list of its own, so that nodes do not contend for one: a
 * hidden directory, whose name in the hidden directory {@link #INO} tells whose it is. An inode is listed exactly if
 * its {@link InodePage#ORPHAN} is set, and then {@link InodePage#orphanList} says where: any node may finish the work.
 */
final class Orphans {
    /** Inode number of the directory of lists. Before there were lists, orphans were entered here; some may be left. */
    static final long INO = 2;

    private static final Pattern LIST_NAME = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,10})");

    private final Neighbours neighbours;

    Orphans(final Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    /** Whose list it is. */
    record ListOwner(int node, int incarnation) {
        /** @return null if it is not the name of a list */
        static ListOwner parse(final byte[] name) {
            final Matcher matcher = LIST_NAME.matcher(new String(name, US_ASCII));
            if (!matcher.matches() || Long.parseLong(matcher.group(2)) > Integer.MAX_VALUE) {
                return null;
            }
            return new ListOwner(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }

        byte[] name() {
            return (node + "." + incarnation).getBytes(US_ASCII);
        }
    }

    ListOwner self() {
        return new ListOwner(neighbours.node(), neighbours.incarnation());
    }

    /** @throws DamagedPageException if it is there already */
    void add(final Run run, final Inode inode) {
        final Inode list = ownList(run);
        final DirectoryTree tree = new DirectoryTree(list);
        if (tree.find(name(inode.ino())) != null) {
            throw disagreement(list, inode);
        }
        tree.insert(name(inode.ino()), inode.ino(), FileType.of(inode.view().mode()));
        inode.edit().orphanList(list.ino());
        inode.edit().flag(InodePage.ORPHAN, true);
    }

    /** @throws DamagedPageException if it is not there */
    static void remove(final Run run, final Inode inode) {
        final Inode list = run.referred(inode, listOf(inode));
        final DirectoryTree tree = new DirectoryTree(list);
        if (tree.find(name(inode.ino())) == null) {
            throw disagreement(list, inode);
        }
        tree.remove(name(inode.ino()));
        inode.edit().orphanList(0);
        inode.edit().flag(InodePage.ORPHAN, false);
    }

    /** Removes a list that nobody adds to any more, if nothing is left in it. */
    static void removeList(final Run run, final ListOwner owner) {
        run.tx().useReserve();
        final Inode lists = run.inode(INO);
        final DirectoryTree tree = new DirectoryTree(lists);
        final DirectoryTree.Entry entry = tree.find(owner.name());
        if (entry == null) {
            return;
        }
        final Inode list = run.referred(lists, entry.ino());
        if (new DirectoryTree(list).isEmpty()) {
            tree.remove(owner.name());
            lists.edit().nlink(lists.view().nlink() - 1);
            list.free();
        }
    }

    /** @return inode number of the list that an orphan is in */
    static long listOf(final Inode inode) {
        return inode.view().orphanList() == 0 ? INO : inode.view().orphanList();
    }

    static byte[] name(final long ino) {
        return Long.toHexString(ino).getBytes(US_ASCII);
    }

    private Inode ownList(final Run run) {
        final Inode lists = run.inode(INO);
        final DirectoryTree tree = new DirectoryTree(lists);
        final DirectoryTree.Entry entry = tree.find(self().name());
        if (entry != null) {
            return run.referred(lists, entry.ino());
        }
        final Inode list = Formatter.makeDirectory(run, run.tx().allocateNumber(), INO, 0,
            NameHash.mix(lists.view().seed() + neighbours.node()));
        tree.insert(self().name(), list.ino(), FileType.DIRECTORY);
        lists.edit().nlink(lists.view().nlink() + 1);
        return list;
    }

    private static DamagedPageException disagreement(final Inode list, final Inode inode) {
        return list.damaged("disagrees with inode " + inode.ino() + " on whether it is an orphan");
    }
}
