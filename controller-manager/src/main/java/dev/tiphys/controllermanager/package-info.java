/**
 * The daemon that runs the control loops. {@link dev.tiphys.controllermanager.Main} parses flags,
 * {@link dev.tiphys.controllermanager.ControllerManager} wires the loops; each loop is a package
 * beside this one: a reconciler that acts, and pure functions that decide.
 */
@NullMarked
package dev.tiphys.controllermanager;

import org.jspecify.annotations.NullMarked;
