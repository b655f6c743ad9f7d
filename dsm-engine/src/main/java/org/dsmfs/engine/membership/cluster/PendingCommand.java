package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;

import java.util.concurrent.CompletableFuture;

/** A command that somebody waits for; it is repeated until it is answered. */
record PendingCommand(long correlation, Command command, CompletableFuture<Void> done) {
}
