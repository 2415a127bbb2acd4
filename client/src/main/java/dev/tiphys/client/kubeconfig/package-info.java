/**
 * How to reach a cluster and who to be there: kubeconfig files, and what a pod finds mounted, as a
 * {@link dev.tiphys.client.kubeconfig.ClusterAccess}. Errors name the file and the field. Nothing
 * here opens a connection.
 */
@NullMarked
package dev.tiphys.client.kubeconfig;

import org.jspecify.annotations.NullMarked;
