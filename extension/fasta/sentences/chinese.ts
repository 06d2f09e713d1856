/** The sentences of `backend/api/fasta` in Simplified Chinese. A bundle of its own, loaded where it is spoken. */

import type { Sentences } from './translate.ts';

export const CHINESE_SENTENCES: Sentences = {
  // The file as a whole
  'The file holds no sequence.': '文件中没有序列。',
  'Paste a protein sequence in FASTA format: a line with ">" and a name, then lines of one-letter amino acid codes.':
    '请粘贴 FASTA 格式的蛋白质序列：先是以“>”开头并带有名称的一行，然后是单字母氨基酸代码。',
  'This does not look like FASTA: the first line is "{0}".': '这不像 FASTA：第一行是“{0}”。',
  'A FASTA file starts with ">" and a name; the lines after it hold the sequence in one-letter amino acid codes.':
    'FASTA 文件以“>”和名称开头；其后各行是用单字母氨基酸代码书写的序列。',
  'This is {0}, not FASTA.': '这是{0}，不是 FASTA。',
  'This is a binary file, not text.': '这是二进制文件，不是文本。',
  'Choose the text file that holds the sequence, or export the sequence as FASTA from the program that made this one.':
    '请选择包含序列的文本文件，或从生成此文件的程序中将序列导出为 FASTA。',
  'The file is encoded as {0}, not as UTF-8 or plain ASCII.': '文件编码为 {0}，而不是 UTF-8 或纯 ASCII。',
  'Save it again as UTF-8 (in VS Code: click the encoding in the status bar, then Save with Encoding).':
    '请重新保存为 UTF-8（在 VS Code 中：单击状态栏中的编码，然后选择“通过编码保存”）。',
  'The compressed file ends too early, so the sequences after this line are missing.':
    '压缩文件不完整，此行之后的序列缺失。',
  'Download or copy the file again; the last attempt was interrupted. "gzip -t FILE" tells when it is whole.':
    '请重新下载或复制文件；上一次传输被中断。可用“gzip -t 文件”检查是否完整。',
  'The compressed file is damaged: {0}.': '压缩文件已损坏：{0}。',
  'Download or copy the file again, in binary mode, and test it with "gzip -t FILE".':
    '请以二进制模式重新下载或复制文件，并用“gzip -t 文件”检查。',
  'The file decompresses to more than {0} times its size, which no set of protein sequences does.':
    '文件解压后超过其大小的 {0} 倍，任何蛋白质序列集都不会如此。',
  'If you trust the file, decompress it first and submit the FASTA text itself.':
    '如果您信任此文件，请先解压，再提交 FASTA 文本本身。',
  'The file holds more than {0} byte(s) of text.': '文件的文本超过 {0} 字节。',
  'Split it, or keep only the sequences that you want to predict.': '请拆分文件，或只保留要预测的序列。',
  'The file holds more than {0} record(s).': '文件的记录超过 {0} 条。',
  'Split it into smaller files, or keep only the sequences that you want to predict.':
    '请拆分成较小的文件，或只保留要预测的序列。',
  // Headers and ids
  'The sequence has no header line; it is called "{0}".': '序列没有标题行；它被称为“{0}”。',
  'Put a line like "{0}" above it.': '请在其上方加一行，例如“{0}”。',
  'The header has no name; the record is called "{0}".': '标题行没有名称；此记录被称为“{0}”。',
  'Write a name directly after the ">".': '请在“>”之后直接写上名称。',
  'The name "{0}" was already used on line {1}.': '名称“{0}”已在第 {1} 行使用。',
  'Give every record a name of its own, also equal chains of a complex (for example by adding _1, _2), or delete the repeated record.':
    '请为每条记录取不同的名称，复合物中相同的链也一样（例如加上 _1、_2），或删除重复的记录。',
  'Only the first {0} name(s) were checked for repetition.': '只检查了前 {0} 个名称是否重复。',
  'Nothing to do unless you mean to predict so many; then split the file.':
    '除非您确实要预测这么多序列，否则无需处理；若要预测，请拆分文件。',
  'The header is longer than {0} byte(s) and was cut.': '标题行超过 {0} 字节，已被截断。',
  'Shorten it to a name and a description; check that the sequence starts on a line of its own.':
    '请将其缩短为名称和描述，并检查序列是否另起一行。',
  // Sequences
  'Record "{0}" has no sequence.': '记录“{0}”没有序列。',
  'Add the sequence below the header, or delete the header.': '请在标题行下方添加序列，或删除标题行。',
  'A ":" parts two chains, but on one side of it there is no sequence.': '“:”用于分隔两条链，但其一侧没有序列。',
  'Delete the ":", or write the missing chain.': '请删除“:”，或写上缺少的链。',
  '"{0}" (U+{1}, which only looks like "{2}") is not an amino acid letter.':
    '“{0}”（U+{1}，只是看起来像“{2}”）不是氨基酸字母。',
  '"{0}" (U+{1}) is not an amino acid letter.': '“{0}”（U+{1}）不是氨基酸字母。',
  '"{0}" is not an amino acid letter.': '“{0}”不是氨基酸字母。',
  'The control character {0} is not an amino acid letter.': '控制字符 {0} 不是氨基酸字母。',
  'A byte that is not UTF-8 text is not an amino acid letter.': '这里有一个不属于 UTF-8 文本的字节，它不是氨基酸字母。',
  '"{0}" are not amino acid letters.': '“{0}”不是氨基酸字母。',
  'Type a plain "{0}" in its place.': '请改为输入普通的“{0}”。',
  'A header must stand on a line of its own: break the line before the ">".': '标题行必须单独成行：请在“>”之前换行。',
  'Write the true residue, or X where it is unknown.': '请写上实际的残基；未知时写 X。',
  'To join the chains of a complex write ":" between them, or give each chain a record of its own.':
    '要连接复合物的各条链，请在它们之间写“:”，或为每条链单独写一条记录。',
  'Delete it; a comment must start its line with ";".': '请删除；注释行必须以“;”开头。',
  'Delete it, or write the residue that was meant; allowed are the letters A to Z, of which ACDEFGHIKLMNPQRSTVWY are amino acids.':
    '请删除，或写上本来的残基；允许使用字母 A 到 Z，其中 ACDEFGHIKLMNPQRSTVWY 是氨基酸。',
  'An invisible character ({0}) stands here; it is ignored.': '这里有一个不可见字符（{0}）；它会被忽略。',
  'Delete it; such characters come from word processors and web pages.': '请删除；这类字符来自文字处理软件和网页。',
  '"{0}" marks a gap, so this looks like an alignment and not like a single sequence.':
    '“{0}”表示空位，因此这像是序列比对，而不是单条序列。',
  'Use the unaligned sequence: delete all gap signs ("-", "." and "~").':
    '请使用未比对的序列：删除所有空位符号（“-”、“.”和“~”）。',
  'A stop ("*") stands inside the sequence; only at its end it is allowed.':
    '序列内部有终止符（“*”）；它只能出现在末尾。',
  'Check the reading frame of the translation, or keep only the part before the stop.':
    '请检查翻译的阅读框，或只保留终止符之前的部分。',
  'Record "{0}" is longer than {1} residue(s).': '记录“{0}”超过 {1} 个残基。',
  'Predict its domains one by one, each as a record of its own.': '请逐个预测其结构域，每个结构域单独写一条记录。',
  'Record "{0}" is {1} by its letters, not a protein.': '从字母来看，记录“{0}”是 {1}，不是蛋白质。',
  'Translate the coding sequence to protein first (for example with EMBOSS transeq or ExPASy Translate).':
    '请先将编码序列翻译成蛋白质（例如使用 EMBOSS transeq 或 ExPASy Translate）。',
  '{0} ({1} time(s) in this chain) stands for {2}, for which engines know no structure: they leave it out or cannot relax the model.':
    '{0}（在此链中出现 {1} 次）表示{2}，引擎不知道其结构：会将其略去，或无法对模型进行弛豫。',
  '{0} stands for {2}, for which engines know no structure: they leave it out or cannot relax the model.':
    '{0} 表示{2}，引擎不知道其结构：会将其略去，或无法对模型进行弛豫。',
  'Write D or N, whichever it is.': '请写 D 或 N，视实际情况而定。',
  'Write L or I, whichever it is.': '请写 L 或 I，视实际情况而定。',
  'Write E or Q, whichever it is.': '请写 E 或 Q，视实际情况而定。',
  'Write K (lysine), its closest standard residue.': '请写 K（赖氨酸），这是最接近的标准残基。',
  'Write C (cysteine), its closest standard residue.': '请写 C（半胱氨酸），这是最接近的标准残基。',
  'Write the true residue, or delete it where it only pads an end.': '请写上实际的残基；若只是补在末端，请删除。',
  'Lower-case letters are read as upper case; masking of low-complexity regions is ignored.':
    '小写字母按大写读取；低复杂度区域的屏蔽会被忽略。',
  'Nothing to do.': '无需处理。',
  'Numbers beside the sequence are taken for residue positions (as GenBank writes them) and ignored.':
    '序列旁的数字被视为残基位置（GenBank 的写法）并被忽略。',
  'Nothing to do, unless a number was typed in place of a residue.': '除非误将数字当作残基输入，否则无需处理。',
  '":" parts the chains of one complex (as ColabFold writes it); they are read as "{0}", "{1}" and so on.':
    '“:”分隔同一复合物的各条链（ColabFold 的写法）；它们被读作“{0}”、“{1}”等。',
  'Predict them together as a multimer, or one by one as monomers.': '请作为多聚体一起预测，或作为单体逐条预测。',
  // The target
  'Chain "{0}" has {1} residue(s); {2} needs at least {3}.': '链“{0}”有 {1} 个残基；{2}至少需要 {3} 个。',
  'Use the full-length sequence; peptides this short have no fold of their own.':
    '请使用全长序列；这么短的肽没有自己的折叠。',
  'Chain "{0}" has {1} residue(s); {2} takes at most {3} residue(s).': '链“{0}”有 {1} 个残基；{2}最多接受 {3} 个。',
  'Split it at domain boundaries (InterPro shows them) and predict the domains as records of their own.':
    '请在结构域边界处拆分（可在 InterPro 查看），并将各结构域写成单独的记录进行预测。',
  '{0} residue(s) of {1} in chain "{2}" are unknown (X) or ambiguous.':
    '链“{2}”的 {1} 个残基中有 {0} 个未知（X）或不明确。',
  'Use a sequence with its residues known: X, B, Z, J, U and O tell an engine nothing.':
    '请使用残基已知的序列：X、B、Z、J、U 和 O 对引擎没有意义。',
  'The file makes {0} job(s); at most {1} job(s) can be submitted at once.':
    '此文件会产生 {0} 个任务；一次最多提交 {1} 个。',
  'Split the file, or keep only the sequences that you want to predict.': '请拆分文件，或只保留要预测的序列。',
  'The chains of complex "{0}" will be predicted one by one, without their contacts.':
    '复合物“{0}”的各条链将逐条预测，不含链间接触。',
  'Choose multimer to predict them together.': '请选择多聚体以一起预测。',
  'The homology engine models single chains, not complexes.': '同源建模引擎只对单链建模，不支持复合物。',
  'Predict the chains as monomers, each as a job of its own, or choose AlphaFold 2 for the complex.':
    '请将各条链作为单体分别预测，或选择 AlphaFold 2 预测复合物。',
  'A complex of one chain is a monomer, which the monomer models predict better and faster.':
    '只有一条链的复合物就是单体，用单体模型预测更好更快。',
  'Choose monomer, or add the other chains as records of the same file.':
    '请选择单体，或将其他链作为记录添加到同一文件。',
  'The complex has {0} chain(s); at most {1} can be named in a PDB file.':
    '复合物有 {0} 条链；PDB 文件最多可命名 {1} 条。',
  'Predict a smaller part of the complex, such as its repeating unit.': '请预测复合物中较小的部分，例如其重复单元。',
  'The complex has {0} residue(s); {1} takes at most {2} residue(s) in all.':
    '复合物有 {0} 个残基；{1}总共最多接受 {2} 个。',
  'Predict a smaller part of the complex: fewer chains, or only the domains that touch.':
    '请预测复合物中较小的部分：减少链数，或只取相互接触的结构域。',
  'There is no sequence to predict.': '没有可预测的序列。',
  'Give at least one record with a protein sequence.': '请至少提供一条带有蛋白质序列的记录。',
  'The complex is a {0} of {1} chain(s), {2}: {3} different sequence(s).':
    '复合物是由 {1} 条链组成的{0}，{2}：{3} 种不同的序列。',
  'Repeat a record for every copy of its chain in the complex.': '请为复合物中每条链的每个拷贝重复写一条记录。',
  '{0} × {1} ({2} GB) takes about {3} residues; the target has {4}.':
    '{0} × {1}（{2} GB）约可容纳 {3} 个残基；目标有 {4} 个。',
  'The memory of {0} is not known.': '{0} 的内存未知。',
  'Ask for more GPUs or a queue with more memory.': '请使用更多 GPU，或选择内存更大的队列。',
  // What else a file may be
  'Save the sequence as plain text, or copy it into a new file that ends in .fasta.':
    '请将序列保存为纯文本，或复制到以 .fasta 结尾的新文件中。',
  'Decompress it first; Foldpad reads plain FASTA and gzip.': '请先解压；Foldpad 读取纯 FASTA 和 gzip。',
  'It already holds a structure: open it in the viewer, or take its sequence as FASTA from the RCSB page of the entry.':
    '它已包含结构：请在查看器中打开，或从该条目的 RCSB 页面获取 FASTA 序列。',
  'Export the sequences without gaps as FASTA, and keep only those that you want to predict.':
    '请将不含空位的序列导出为 FASTA，并只保留要预测的序列。',
  'Export the protein as FASTA from the page or program that it came from.':
    '请从来源页面或程序中将蛋白质导出为 FASTA。',
  'Foldpad predicts proteins: translate the gene that you are interested in and save it as FASTA.':
    'Foldpad 预测蛋白质：请翻译您感兴趣的基因并保存为 FASTA。',
  'Download the FASTA text itself: use the download link of the page rather than saving the page.':
    '请下载 FASTA 文本本身：使用页面上的下载链接，而不是保存网页。',
  'Fetch the file itself with "git lfs pull".': '请用“git lfs pull”获取文件本身。',
};

export const CHINESE_WORDS: Sentences = {
  'The homology engine': '同源建模引擎',
  'AlphaFold 2': ' AlphaFold 2 ',
  'homo-oligomer': '同源寡聚体',
  'hetero-oligomer': '异源寡聚体',
  'this machine': '此机器',
  'aspartate or asparagine': '天冬氨酸或天冬酰胺',
  'leucine or isoleucine': '亮氨酸或异亮氨酸',
  pyrrolysine: '吡咯赖氨酸',
  selenocysteine: '硒代半胱氨酸',
  'an unknown residue': '未知残基',
  'glutamate or glutamine': '谷氨酸或谷氨酰胺',
  'a Word document, spreadsheet or zip archive': ' Word 文档、电子表格或 zip 压缩包',
  'an old Word or Excel document': '旧版 Word 或 Excel 文档',
  'a PDF document': ' PDF 文档',
  'a bzip2 archive': ' bzip2 压缩包',
  'an xz archive': ' xz 压缩包',
  'a zstd archive': ' zstd 压缩包',
  'a 7-Zip archive': ' 7-Zip 压缩包',
  'a RAR archive': ' RAR 压缩包',
  'gzip inside gzip': '多重 gzip 压缩文件',
  'a PNG picture': ' PNG 图片',
  'a JPEG picture': ' JPEG 图片',
  'a PDB structure file': ' PDB 结构文件',
  'a rich-text (RTF) document': ' RTF 文档',
  'an mmCIF structure file': ' mmCIF 结构文件',
  'FASTQ (sequencing reads with qualities)': ' FASTQ（带质量值的测序读段）',
  'a web page or XML': '网页或 XML',
  'a GenBank record': ' GenBank 记录',
  'a UniProt or EMBL flat file': ' UniProt 或 EMBL 平面文件',
  'a Stockholm alignment': ' Stockholm 比对',
  'an alignment (Clustal, MUSCLE or MSF)': '序列比对（Clustal、MUSCLE 或 MSF）',
  'a NEXUS alignment': ' NEXUS 比对',
  'an a3m alignment': ' a3m 比对',
  'a PHYLIP alignment': ' PHYLIP 比对',
  'a profile HMM': '谱隐马尔可夫模型',
  'a Git LFS pointer': ' Git LFS 指针',
  'an annotation or variant file': '注释或变异文件',
};
