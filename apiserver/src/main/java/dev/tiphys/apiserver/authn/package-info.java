/**
 * Who asks: client certificates, token files and service account tokens become a {@link
 * dev.tiphys.apiserver.authn.User}. Called by the pipeline before anything else of a request is
 * believed. Decides nothing about what a user may do.
 */
@NullMarked
package dev.tiphys.apiserver.authn;

import org.jspecify.annotations.NullMarked;
