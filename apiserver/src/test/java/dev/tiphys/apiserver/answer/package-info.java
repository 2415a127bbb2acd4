/** What {@code dev.tiphys.apiserver.answer} promises, case by case. No server, no store. */
@NullMarked
package dev.tiphys.apiserver.answer;

import org.jspecify.annotations.NullMarked;
