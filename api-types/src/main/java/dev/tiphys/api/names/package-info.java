/**
 * How names are spelled: DNS labels and subdomains, label keys and values, port names, environment
 * variables, config keys. Each check returns the API's messages, none for a good name; callers put
 * them into field errors. Checks walk the text once and allocate only when something is wrong.
 */
@NullMarked
package dev.tiphys.api.names;

import org.jspecify.annotations.NullMarked;
