/**
 * The verbs over any resource: create, get, list, watch, update, patch, delete, deletecollection. A
 * {@link dev.tiphys.apiserver.resource.ServedResource} ties a resource's facts to its rules and its
 * place in the store; everything that holds for all kinds alike is done here, once. Called by the
 * request pipeline after authorization.
 */
@NullMarked
package dev.tiphys.apiserver.resource;

import org.jspecify.annotations.NullMarked;
