package dev.freehold.model;

/// The shape of a model, as its file says.
///
/// @param architecture family, for instance `llama`
/// @param name what the file calls itself
/// @param storage the type most weights are stored in, for instance `Q4_1`
/// @param layers blocks of attention and feed-forward
/// @param embeddingLength numbers in a hidden state
/// @param heads query heads
/// @param kvHeads key/value heads
/// @param headSize numbers in a head
/// @param feedForwardLength width of the feed-forward network
/// @param vocabularySize tokens
/// @param contextLength most tokens of a sequence, the configured limit applied
/// @param trainedContextLength most tokens of a sequence the model was trained for
/// @param ropeBase base of the rotary frequencies
/// @param wholeTexts whether every token sees those after it too, so that a text is read in one
///   step and nothing can follow it: an encoder
/// @param weights how many weights the file has
/// @param bytes how many bytes its tensors take in the file
public record ModelParameters(
    String architecture,
    String name,
    String storage,
    int layers,
    int embeddingLength,
    int heads,
    int kvHeads,
    int headSize,
    int feedForwardLength,
    int vocabularySize,
    int contextLength,
    int trainedContextLength,
    float ropeBase,
    boolean wholeTexts,
    long weights,
    long bytes) {}
