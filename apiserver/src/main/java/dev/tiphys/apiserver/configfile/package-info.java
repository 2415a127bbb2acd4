/**
 * Configuration files that flags name: read strictly, object by object, with errors that name the
 * field; and watched, where upstream takes up changes without a restart. What the members mean is
 * their readers' to say.
 */
@NullMarked
package dev.tiphys.apiserver.configfile;

import org.jspecify.annotations.NullMarked;
