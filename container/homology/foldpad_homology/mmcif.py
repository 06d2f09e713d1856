"""Writes models as mmCIF with the ModelCIF confidence categories (https://mmcif.wwpdb.org/dictionaries/mmcif_ma.dic)."""

from __future__ import annotations

import re

import numpy as np

from .structure_files import THREE_LETTER, Atom, Provenance

METRIC = "estimated CA-lDDT"
_METRIC_TEXT = (
    "Per-residue CA-lDDT (0-100) estimated from the alignment, the template and agreement with other templates; "
    "not pLDDT")


def mmcif_text(atoms: list[Atom], confidence: np.ndarray, name: str, provenance: Provenance) -> str:
    """One model as mmCIF. ``confidence``: (length,) 0..100; also written as B_iso_or_equiv."""
    p = provenance
    modelled = sorted({atom.residue_number for atom in atoms})
    residue_names = {atom.residue_number: atom.residue_name for atom in atoms}
    mean = float(np.mean([confidence[number - 1] for number in modelled]))
    out = [f"data_{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}", "#"]
    _item(out, "_entry.id", name)
    _item(out, "_struct.entry_id", name)
    _item(out, "_struct.title", f"Homology model of {p.target_name} on template {p.template}")
    _item(out, "_exptl.entry_id", name)
    _item(out, "_exptl.method", "THEORETICAL MODEL")
    _item(out, "_pdbx_database_status.entry_id", name)
    _item(out, "_pdbx_database_status.recvd_initial_deposition_date", p.created.isoformat())
    out.append("#")
    _loop(out, "_entity", ["id", "type", "src_method", "pdbx_description"],
          [[1, "polymer", "man", p.target_description or p.target_name]])
    _loop(out, "_entity_poly", ["entity_id", "type", "nstd_linkage", "nstd_monomer", "pdbx_seq_one_letter_code",
                                "pdbx_seq_one_letter_code_can", "pdbx_strand_id"],
          [[1, "polypeptide(L)", "no", "no", p.sequence, p.sequence, "A"]])
    _loop(out, "_entity_poly_seq", ["entity_id", "num", "mon_id", "hetero"],
          [[1, number, THREE_LETTER.get(letter, "UNK"), "n"] for number, letter in enumerate(p.sequence, start=1)])
    _loop(out, "_struct_asym", ["id", "entity_id", "details"], [["A", 1, "target"]])
    _loop(out, "_chem_comp", ["id", "type"],
          [[code, "PEPTIDE LINKING" if code == "GLY" else "L-PEPTIDE LINKING"]
           for code in sorted(set(residue_names.values()))])
    _loop(out, "_software", ["pdbx_ordinal", "name", "classification", "version", "description"],
          [[1, "Foldpad homology engine", "model building", p.engine.rsplit(" ", 1)[-1], p.method]]
          + [[number, tool, "other", version, "used by the engine"]
             for number, (tool, version) in enumerate(sorted(p.software.items()), start=2)])
    _provenance(out, name, p, mean)
    _loop(out, "_ma_qa_metric_local",
          ["ordinal_id", "model_id", "label_asym_id", "label_seq_id", "label_comp_id", "metric_id", "metric_value"],
          [[ordinal, 1, "A", number, residue_names[number], 2, f"{confidence[number - 1]:.2f}"]
           for ordinal, number in enumerate(modelled, start=1)])
    _atoms(out, atoms, confidence)
    return "\n".join(out) + "\n"


def _provenance(out: list[str], name: str, p: Provenance, mean: float) -> None:
    """Model list, template, protocol and quality metrics."""
    entry, chain = p.template.split("_", 1)
    _loop(out, "_ma_data", ["id", "name", "content_type", "content_type_other_details"],
          [[1, p.target_name, "target", "."], [2, p.template, "template structure", "."],
           [3, p.database, "other", "template library"], [4, name, "model coordinates", "."]])
    _loop(out, "_ma_template_ref_db_details", ["template_id", "db_name", "db_accession_code"], [[1, "PDB", entry]])
    _loop(out, "_ma_template_details",
          ["ordinal_id", "template_id", "template_origin", "template_entity_type", "template_data_id",
           "target_asym_id", "template_label_asym_id", "template_auth_asym_id"],
          [[1, 1, "reference database", "polymer", 2, "A", chain, chain]])
    _loop(out, "_ma_target_template_poly_mapping",
          ["id", "template_segment_id", "target_asym_id", "target_seq_id_begin", "target_seq_id_end"],
          [[1, 1, "A", *p.target_range]])
    _loop(out, "_ma_protocol_step", ["ordinal_id", "protocol_id", "step_id", "method_type", "step_name", "details"],
          [[1, 1, 1, "template search", "HHblits over the template library",
            f"probability {p.probability:.1f} %, E-value {p.evalue:.2g}"],
           [2, 1, 2, "modeling", "ProMod3",
            f"identity {100 * p.identity:.1f} %, coverage {100 * p.coverage:.1f} % of the target"],
           [3, 1, 3, "model assessment", "Estimated CA-lDDT", _METRIC_TEXT]])
    _loop(out, "_ma_model_list",
          ["ordinal_id", "model_id", "model_group_id", "model_name", "model_group_name", "data_id", "model_type"],
          [[1, 1, 1, name, "Homology models", 4, "Homology model"]])
    _loop(out, "_ma_qa_metric", ["id", "mode", "name", "type", "software_group_id", "description"],
          [[1, "global", METRIC, "other", ".", "Mean of the per-residue values"],
           [2, "local", METRIC, "other", ".", _METRIC_TEXT]])
    _loop(out, "_ma_qa_metric_global", ["ordinal_id", "model_id", "metric_id", "metric_value"], [[1, 1, 1, f"{mean:.2f}"]])


def _atoms(out: list[str], atoms: list[Atom], confidence: np.ndarray) -> None:
    columns = ["group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id",
               "label_entity_id", "label_seq_id", "pdbx_PDB_ins_code", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy",
               "B_iso_or_equiv", "auth_seq_id", "auth_comp_id", "auth_asym_id", "auth_atom_id", "pdbx_PDB_model_num"]
    rows = []
    for serial, atom in enumerate(atoms, start=1):
        x, y, z = (f"{value:.3f}" for value in atom.position)
        number = atom.residue_number
        rows.append(["ATOM", serial, atom.element, atom.name, ".", atom.residue_name, "A", 1, number, "?", x, y, z,
                     "1.00", f"{confidence[number - 1]:.2f}", number, atom.residue_name, "A", atom.name, 1])
    _loop(out, "_atom_site", columns, rows)


def _item(out: list[str], key: str, value: object) -> None:
    out.append(f"{key} {quoted(value)}")


def _loop(out: list[str], category: str, columns: list[str], rows: list[list]) -> None:
    out.append("loop_")
    out.extend(f"{category}.{column}" for column in columns)
    out.extend(" ".join(quoted(value) for value in row) for row in rows)
    out.append("#")


def quoted(value: object) -> str:
    """A CIF 1.1 value: bare where it may be, otherwise quoted or as a text field. Non-ASCII becomes ``?``."""
    text = str(value).encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
    if text in (".", "?") or re.fullmatch(r"[A-Za-z0-9+\-.(][^\s'\"]*", text):
        reserved = re.match(r"(data_|save_|loop_$|global_$|stop_$)", text, flags=re.IGNORECASE)
        if not reserved:
            return text
    for quote in ("'", '"'):
        if quote not in text:
            return f"{quote}{text}{quote}"
    return f"\n;{text}\n;"
