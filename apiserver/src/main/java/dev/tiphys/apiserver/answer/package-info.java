/**
 * How answers are written: objects, lists, tables, failures and watch events as JSON, YAML or
 * protobuf. Bytes that the cache has made once are sent as they are. Called by the verbs; knows
 * nothing of what a verb does.
 */
@NullMarked
package dev.tiphys.apiserver.answer;

import org.jspecify.annotations.NullMarked;
