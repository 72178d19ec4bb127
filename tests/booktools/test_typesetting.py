"""What pages get for their typography."""

from booktools.typesetting import typeset


def test_code_has_its_lines_and_only_the_elements_that_colour_it():
    code = '<span class="nb">print</span><span class="p">(</span><span class="n">x</span><span class="w"> </span>'
    page = f'<div class="highlight"><pre><span></span>{code}\n</pre></div><p><span class="n">n</span></p>'
    line = '<span class="code-line"><span class="nb">print</span>(x \n</span>'
    assert typeset(page) == (
        f'<div class="highlight"><pre style="--w:8">{line}</pre></div><p><span class="n">n</span></p>'
    )
