/**
 * The rules of pod specs, shared by Pod and by every kind that holds a template of one: what
 * follows from other fields, and what is wrong. Pure functions.
 */
@NullMarked
package dev.tiphys.apiserver.strategy.workload;

import org.jspecify.annotations.NullMarked;
