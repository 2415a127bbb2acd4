/**
 * The API server daemon: flags, configuration and the wiring of its parts. {@link
 * dev.tiphys.apiserver.ApiServer} reads as the table of contents; what each part knows stands in
 * the package of its name.
 */
@NullMarked
package dev.tiphys.apiserver;

import org.jspecify.annotations.NullMarked;
