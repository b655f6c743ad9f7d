/**
 * How nodes send messages to each other.
 */
package org.dsmfs.engine.network;
