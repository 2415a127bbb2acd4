/**
 * What validation says about an object: where a field stands ({@link
 * dev.tiphys.api.validation.Path}), what is wrong with it ({@link
 * dev.tiphys.api.validation.FieldError}), and all of that together ({@link
 * dev.tiphys.api.validation.FieldErrors}). Texts are the API's own, for clients match on them. The
 * rules themselves live with whoever validates.
 */
@NullMarked
package dev.tiphys.api.validation;

import org.jspecify.annotations.NullMarked;
