/**
 * Tests of the whole: a cluster brought up as a user would, driven by clients that nobody here
 * wrote. They need root and the programs that a node needs; elsewhere they say so and are skipped.
 * One cluster serves all test classes, each in namespaces of its own.
 */
@NullMarked
package dev.tiphys.e2e;

import org.jspecify.annotations.NullMarked;
