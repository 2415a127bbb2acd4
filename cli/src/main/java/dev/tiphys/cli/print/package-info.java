/** How objects are shown: server-side tables, YAML, JSON, names, JSONPath, custom columns. */
@NullMarked
package dev.tiphys.cli.print;

import org.jspecify.annotations.NullMarked;
