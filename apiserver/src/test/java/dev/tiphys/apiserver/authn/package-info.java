/** What {@code dev.tiphys.apiserver.authn} promises, case by case. No server, no store. */
@NullMarked
package dev.tiphys.apiserver.authn;

import org.jspecify.annotations.NullMarked;
