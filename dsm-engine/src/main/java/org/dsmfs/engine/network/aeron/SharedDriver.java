package org.dsmfs.engine.network.aeron;

/**
 * What other clients of a driver in its process need.
 *
 * @param directory by which Aeron's clients find it
 * @param thread    that runs the driver; to be woken when a client has sent something, or asks the driver for something
 * @param arrivals  rings for clients when something may have come for them
 */
public record SharedDriver(String directory, Doorbell.Sleeper thread, Doorbell arrivals) {
}
