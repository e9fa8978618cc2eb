// Logits of llama.cpp for every token of one sequence, and which experts its layers chose.
//
//     g++ -O1 -I LLAMA/include -I LLAMA/ggml/include oracles/peer_logits.cpp -L BUILD/bin -lllama -lggml -lggml-base -o peer_logits
//     peer_logits MODEL TOKENS OUT [LORA.gguf [SCALE]]
//
// Keys and values in F32, no flash attention, one pass: nothing is rounded but what its products round. OUT is float32;
// OUT.routes has a line for each layer with experts and token.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "ggml-backend.h"
#include "llama.h"

static FILE * routes = nullptr;
static const char * routes_name = nullptr;

static bool seen(ggml_tensor * t, bool ask, void *) {
    int layer;
    if (sscanf(t->name, "ffn_moe_topk-%d", &layer) != 1) return !ask;
    if (ask) return true;
    if (!routes) routes = fopen(routes_name, "w");
    std::vector<char> bytes(t->nb[1] * (t->ne[1] - 1) + t->nb[0] * t->ne[0]);
    ggml_backend_tensor_get(t, bytes.data(), 0, bytes.size());
    for (int64_t token = 0; token < t->ne[1]; token++) {
        std::vector<int> chosen(t->ne[0]);
        for (int64_t i = 0; i < t->ne[0]; i++) memcpy(&chosen[i], bytes.data() + token * t->nb[1] + i * t->nb[0], 4);
        std::sort(chosen.begin(), chosen.end());
        fprintf(routes, "%d %d", layer, (int) token);
        for (int expert : chosen) fprintf(routes, " %d", expert);
        fprintf(routes, "\n");
    }
    return true;
}

int main(int argc, char ** argv) {
    llama_backend_init();
    auto * model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (!model) return 1;
    std::vector<llama_token> tokens;
    FILE * file = fopen(argv[2], "r");
    for (int token; fscanf(file, "%d", &token) == 1;) tokens.push_back(token);
    fclose(file);
    int n = (int) tokens.size();
    auto params = llama_context_default_params();
    params.n_ctx = n + 8;
    params.n_batch = params.n_ubatch = n;
    params.n_threads = params.n_threads_batch = 2;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    std::vector<char> name(argv[3], argv[3] + strlen(argv[3]));
    for (char c : {'.', 'r', 'o', 'u', 't', 'e', 's', '\0'}) name.push_back(c);
    routes_name = name.data();
    params.cb_eval = seen;
    auto * context = llama_init_from_model(model, params);
    if (argc > 4) {
        auto * adapter = llama_adapter_lora_init(model, argv[4]);
        if (!adapter) return 3;
        float scale = argc > 5 ? (float) atof(argv[5]) : 1;
        llama_set_adapters_lora(context, &adapter, 1, &scale);
    }
    auto batch = llama_batch_init(n, 0, 1);
    batch.n_tokens = n;
    for (int i = 0; i < n; i++) {
        batch.token[i] = tokens[i];
        batch.pos[i] = i;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = 0;
        batch.logits[i] = 1;
    }
    if (llama_decode(context, batch)) return 2;
    int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    file = fopen(argv[3], "wb");
    for (int i = 0; i < n; i++) fwrite(llama_get_logits_ith(context, i), 4, vocabulary, file);
    fclose(file);
    if (routes) fclose(routes);
    printf("%d rows of %d\n", n, vocabulary);
}
