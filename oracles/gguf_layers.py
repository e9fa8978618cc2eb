"""A GGUF file of architecture "llama", dense or with experts, run by transformers in float32 one layer at a time.

Only one layer's weights are in memory as numbers, so files of gigabytes can be judged on a small machine. Nothing here is
shared with the engine: the `gguf` package reads and dequantises, the layers are those of `LlamaForCausalLM` and
`MixtralForCausalLM`. Beside the logits it gives, for each layer with experts, which each token chose and by how much the
last chosen one was preferred to the next.
"""

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from transformers import LlamaConfig, MixtralConfig
from transformers.models.llama import modeling_llama as llama
from transformers.models.mixtral import modeling_mixtral as mixtral

from gguf_llama import LAYER, metadata, to_rotate_half

torch.set_grad_enabled(False)


class Layers:
    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.meta = metadata(reader)
        assert self.meta["general.architecture"] == "llama"
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        key = lambda name, default=None: self.meta.get("llama." + name, default)
        self.experts = key("expert_count", 0)
        self.heads, self.kv = key("attention.head_count"), key("attention.head_count_kv")
        settings = dict(
            vocab_size=int(self.tensors["token_embd.weight"].shape[1]), hidden_size=key("embedding_length"),
            intermediate_size=key("feed_forward_length"), num_hidden_layers=key("block_count"), num_attention_heads=self.heads,
            num_key_value_heads=self.kv, head_dim=key("attention.key_length"), max_position_embeddings=key("context_length"),
            rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
            rope_parameters=dict(rope_type="default", rope_theta=key("rope.freq_base")), attn_implementation="eager",
        )  # fmt: skip
        if self.experts:
            more = dict(num_local_experts=self.experts, num_experts_per_tok=key("expert_used_count"), sliding_window=None)
            self.config, self.module = MixtralConfig(**settings, **more), mixtral.MixtralDecoderLayer
            self.rotary, self.norm = mixtral.MixtralRotaryEmbedding, mixtral.MixtralRMSNorm
        else:
            self.config, self.module = LlamaConfig(**settings), llama.LlamaDecoderLayer
            self.rotary, self.norm = llama.LlamaRotaryEmbedding, llama.LlamaRMSNorm

    def weights(self, name, rows=None):
        tensor = self.tensors[name]
        data = tensor.data if rows is None else tensor.data[rows]
        return torch.from_numpy(np.ascontiguousarray(dequantize(data, tensor.tensor_type).astype(np.float32)))

    def layer(self, number):
        state, stacked = {}, {}
        for name in [name for name in self.tensors if name.startswith(f"blk.{number}.")]:
            kind = name.split(".")[2]
            weight = self.weights(name)
            if kind in ("attn_q", "attn_k"):
                weight = torch.from_numpy(to_rotate_half(weight.numpy(), self.heads if kind == "attn_q" else self.kv).copy())
            if kind == "ffn_gate_inp":
                state["mlp.gate.weight"] = weight
            elif kind.endswith("_exps"):
                stacked[kind.split("_")[1]] = weight
            else:
                state[LAYER[kind] + ".weight"] = weight
        if stacked:
            state["mlp.experts.gate_up_proj"] = torch.cat([stacked.pop("gate"), stacked.pop("up")], dim=1)
            state["mlp.experts.down_proj"] = stacked.pop("down")
        with torch.device("meta"):
            module = self.module(self.config, number)
        module.load_state_dict(state, strict=True, assign=True)
        return module.eval()

    def run(self, tokens):
        """Returns (logits float32 [tokens, vocab], chosen experts [layers, tokens, used], margins [layers, tokens])."""
        x = self.weights("token_embd.weight", np.array(tokens))[None]
        n = len(tokens)
        mask = torch.full((n, n), torch.finfo(torch.float32).min).triu(1)[None, None]
        turned = self.rotary(config=self.config)(x, torch.arange(n)[None])
        chosen, margins = [], []

        def routed(_, __, output):
            order = output[0].sort(dim=-1, descending=True)
            used = self.config.num_experts_per_tok
            chosen.append(order.indices[:, :used].numpy())
            margins.append((order.values[:, used - 1] - order.values[:, used]).numpy())

        for number in range(self.config.num_hidden_layers):
            layer = self.layer(number)
            if self.experts:
                layer.mlp.gate.register_forward_hook(routed)
            x = layer(x, attention_mask=mask, position_embeddings=turned, position_ids=torch.arange(n)[None])
            x = x[0] if isinstance(x, tuple) else x
        norm = self.norm(self.config.hidden_size, eps=self.config.rms_norm_eps)
        norm.weight.data = self.weights("output_norm.weight")
        head = self.weights("output.weight" if "output.weight" in self.tensors else "token_embd.weight")
        return (norm(x)[0] @ head.T).numpy(), np.array(chosen), np.array(margins)
