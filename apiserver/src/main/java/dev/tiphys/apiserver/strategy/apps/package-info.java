/** The rules of the apps group: Deployment and ReplicaSet. */
@NullMarked
package dev.tiphys.apiserver.strategy.apps;

import org.jspecify.annotations.NullMarked;
