/**
 * Membership agreed on by Aeron Cluster.
 */
package org.dsmfs.engine.membership.cluster;
