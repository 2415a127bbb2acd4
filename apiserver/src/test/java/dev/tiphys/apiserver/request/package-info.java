/** What {@code dev.tiphys.apiserver.request} promises, case by case. No server, no store. */
@NullMarked
package dev.tiphys.apiserver.request;

import org.jspecify.annotations.NullMarked;
