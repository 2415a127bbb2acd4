/**
 * Users, roles and the ranges of keys that a role opens. {@link dev.tiphys.store.auth.Rules} are a
 * value; {@link dev.tiphys.store.auth.RuleChanges} say what a command makes of them; {@link
 * dev.tiphys.store.auth.Authority} holds the agreed ones as part of the state machine, so that
 * every command is judged by the rules in force at its place in the order of Raft. {@link
 * dev.tiphys.store.auth.Tokens} and {@link dev.tiphys.store.auth.Passwords} tell who somebody is.
 * Knows neither Raft nor gRPC.
 */
@NullMarked
package dev.tiphys.store.auth;

import org.jspecify.annotations.NullMarked;
