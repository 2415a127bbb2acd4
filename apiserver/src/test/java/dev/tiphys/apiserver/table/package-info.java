/** What {@code dev.tiphys.apiserver.table} promises, case by case. No server, no store. */
@NullMarked
package dev.tiphys.apiserver.table;

import org.jspecify.annotations.NullMarked;
