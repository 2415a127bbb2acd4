/** Who is sorted where, and who is next. */
@NullMarked
package dev.tiphys.apiserver.fairness;

import org.jspecify.annotations.NullMarked;
