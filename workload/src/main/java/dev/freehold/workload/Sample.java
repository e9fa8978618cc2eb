package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;

/// A candidate's answer that waits for the next look at quality. Held in memory only.
///
/// @param id of its exchange
/// @param asking on whose behalf it was asked
/// @param request what was asked
/// @param candidate the candidate's answer
/// @param model the candidate
/// @param incumbent the incumbent's answer; empty where it was not asked yet
record Sample(
    String id,
    Asking asking,
    ChatRequest request,
    String candidate,
    String model,
    String incumbent) {}
