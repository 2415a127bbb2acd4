/**
 * API priority and fairness: which requests go to which priority level ({@link
 * dev.tiphys.apiserver.fairness.FlowClassifier}), how many seats each level has ({@link
 * dev.tiphys.apiserver.fairness.SeatShares}), and who is next when there are not enough ({@link
 * dev.tiphys.apiserver.fairness.FairSeats}). The request pipeline asks {@link
 * dev.tiphys.apiserver.fairness.PriorityAndFairness} for a ticket before a request is authorized.
 * Nothing here knows HTTP.
 */
@NullMarked
package dev.tiphys.apiserver.fairness;

import org.jspecify.annotations.NullMarked;
